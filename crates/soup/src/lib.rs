//! Lock files, SBOM, register of SOUP.
