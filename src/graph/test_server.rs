//! A server on the loopback that answers as it is told, and a clock that does not make tests wait.
