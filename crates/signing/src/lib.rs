//! SSHSIG, DSSE and signed notes: bytes in, bytes out. It knows no ledger and no person.
