// The original video chat workflow on socket.io, as plainly as it is usually written: a room is
// joined under an email, and a call goes to a socket by its id. Prints the port it listens on.

import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http);
const emailToSocket = new Map();
const socketToEmail = new Map();

io.on('connection', (socket) => {
  socket.on('room:join', ({ email, room }) => {
    emailToSocket.set(email, socket.id);
    socketToEmail.set(socket.id, email);
    socket.join(room);
    socket.to(room).emit('user:joined', { email, id: socket.id });
    socket.emit('room:join', { email, room, id: socket.id });
  });

  socket.on('user:call', ({ to, offer }) => {
    io.to(to).emit('incoming:call', { from: socket.id, offer });
  });

  socket.on('disconnect', () => {
    emailToSocket.delete(socketToEmail.get(socket.id));
    socketToEmail.delete(socket.id);
  });
});

http.listen(0, '127.0.0.1', () => {
  console.log(`listening ${http.address().port}`);
});
