//! Where a program runs: on this computer, or on one side of a network of the test.

use std::{net::Ipv4Addr, path::Path, process::Command};

/// The network of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// This computer, with its own network.
    Here,
    /// A computer that only shares files with this one.
    Side(Side),
}

/// One side of a [`crate::network::Network`]: a network namespace with an address for the test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The name of the namespace.
    pub name: String,
    /// The address of its programs, from this computer.
    pub address: Ipv4Addr,
}

impl Place {
    /// The program, to be started there.
    pub fn command(&self, program: &Path) -> Command {
        match self {
            Self::Here => Command::new(program),
            Self::Side(side) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", &side.name]).arg(program);
                command
            }
        }
    }

    /// The address of its programs, from this computer.
    pub fn address(&self) -> Ipv4Addr {
        match self {
            Self::Here => Ipv4Addr::LOCALHOST,
            Self::Side(side) => side.address,
        }
    }
}
