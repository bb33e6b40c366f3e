// The paths in use: for each connection the candidate types of both ends, and for a relayed own end
// the transport to the TURN server. Empty while there is none.
return (async () => {
  const paths = [];
  for (const connection of window.snugProbe.connections) {
    if (connection.connectionState !== 'connected') continue;
    const report = await connection.getStats();
    const transport = [...report.values()].find((entry) => entry.type === 'transport');
    const pair = report.get(transport?.selectedCandidatePairId);
    const local = report.get(pair?.localCandidateId);
    const remote = report.get(pair?.remoteCandidateId);
    if (!local || !remote) continue;
    paths.push({
      local: local.candidateType,
      remote: remote.candidateType,
      relayProtocol: local.relayProtocol ?? null,
    });
  }
  return paths;
})();
