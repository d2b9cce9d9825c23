//! Tests of the reader from outside: samples, refusals, laws, containers, and real files where there are any.

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
