// mediasoup-client: a device that sends by one transport and receives by another. Its server is the
// test's forwarder, as every other end is.

import { Device } from 'mediasoup-client';

import { member, type Surroundings } from './library.ts';

interface Waiting {
  readonly resolve: (result: object) => void;
  readonly reject: (error: Error) => void;
}

export function begin({ stream, send, heard, seen }: Surroundings): (message: unknown) => void {
  const requests = new Map<unknown, Waiting>();
  // oxlint-disable-next-line typescript/no-explicit-any -- mediasoup-client checks what it is given
  const request = async (method: string, parameters: object): Promise<any> =>
    await new Promise<object>((resolve, reject) => {
      const id = requests.size;
      requests.set(id, { resolve, reject });
      send({ id, method, ...parameters });
    });

  const join = async (): Promise<(message: unknown) => Promise<void>> => {
    const device = new Device();
    const capabilities = await request('join', { handler: device.handlerName });
    await device.load({ routerRtpCapabilities: capabilities });
    const sending = device.createSendTransport(
      await request('createTransport', { direction: 'send' }),
    );
    const receiving = device.createRecvTransport(
      await request('createTransport', { direction: 'recv' }),
    );
    for (const transport of [sending, receiving]) {
      transport.on('connect', ({ dtlsParameters }, accept, refuse) => {
        void request('connect', { transport: transport.id, dtlsParameters }).then(accept, refuse);
      });
    }
    sending.on('produce', ({ kind, rtpParameters }, accept, refuse) => {
      const parameters = { transport: sending.id, kind, rtpParameters };
      void request('produce', parameters).then(accept, refuse);
    });
    sending.on('producedata', ({ sctpStreamParameters }, accept, refuse) => {
      const parameters = { transport: sending.id, sctpStreamParameters };
      void request('produceData', parameters).then(accept, refuse);
    });
    for (const track of stream.getTracks()) await sending.produce({ track });
    const data = await sending.produceData({ label: 'chat' });
    return async (message) => {
      const producer = member(message, 'producer');
      const dataProducer = member(message, 'dataProducer');
      if (producer !== undefined) {
        const parameters = { transport: receiving.id, producer };
        const consumer = await receiving.consume(await request('consume', parameters));
        seen(consumer.track);
      } else if (dataProducer !== undefined) {
        const parameters = { transport: receiving.id, producer: dataProducer };
        const consumer = await receiving.consumeData(await request('consumeData', parameters));
        consumer.on('message', (text) => heard(String(text)));
      } else if (data.readyState === 'open') data.send('from mediasoup-client');
      // Somebody listens now.
      else data.on('open', () => data.send('from mediasoup-client'));
    };
  };

  const joined = join();
  return (message) => {
    const waiting = requests.get(member(message, 'id'));
    const error = member(message, 'error');
    if (waiting === undefined) void joined.then((take) => take(message));
    else if (error === undefined) waiting.resolve(Object(member(message, 'result')));
    else waiting.reject(new Error(JSON.stringify(error)));
  };
}
