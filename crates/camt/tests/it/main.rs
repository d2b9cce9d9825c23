//! Tests of the reader through its public interface: samples, refusals, laws, containers, and real files if there are
//! any.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod files;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod mt940;
#[cfg(test)]
mod parallel;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod show;
#[cfg(test)]
mod versions;
