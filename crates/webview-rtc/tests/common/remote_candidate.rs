//! The fields of a candidate's line, as the page reads them.

use webview_rtc::wire::candidate::{
    CandidateProtocol, CandidateType, RemoteCandidate, TcpCandidateType,
};

/// Of a line that the transport has told, or one that is written in a test.
pub(crate) fn remote_candidate(line: &str) -> RemoteCandidate {
    let words: Vec<&str> = line.split(' ').collect();
    let tcp_type = words.iter().skip_while(|word| **word != "tcptype").nth(1);
    RemoteCandidate {
        foundation: words[0].trim_start_matches("candidate:").to_owned(),
        protocol: match words[2].to_ascii_lowercase().as_str() {
            "udp" => CandidateProtocol::Udp,
            _ => CandidateProtocol::Tcp,
        },
        priority: words[3].parse().unwrap(),
        address: words[4].to_owned(),
        port: words[5].parse().unwrap(),
        kind: match words[7] {
            "host" => CandidateType::Host,
            "srflx" => CandidateType::ServerReflexive,
            "prflx" => CandidateType::PeerReflexive,
            _ => CandidateType::Relay,
        },
        tcp_type: tcp_type.map(|tcp_type| match *tcp_type {
            "active" => TcpCandidateType::Active,
            "passive" => TcpCandidateType::Passive,
            _ => TcpCandidateType::So,
        }),
    }
}
