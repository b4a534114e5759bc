//! Readers of test reports. They read what others wrote and judge nothing.
