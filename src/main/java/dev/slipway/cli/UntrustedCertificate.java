package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import javax.net.ssl.SSLException;

/** A service that can't be asked because of its certificate. */
final class UntrustedCertificate {
  private UntrustedCertificate() {}

  /** Returns what to tell of it. */
  static OperationFailed at(String address, SSLException cause) {
    boolean unknown = unknownAuthority(cause);
    return new OperationFailed(
        "service_tls",
        "Cannot ask the service at " + address + " by TLS",
        unknown
            ? "this machine doesn't trust who signed its certificate"
            : String.valueOf(cause.getMessage()),
        unknown
            ? "Set "
                + TrustedAuthorities.VARIABLE
                + " to a PEM file with the certificate of the authority that signed it."
            : "Ask it by a name that its certificate is for; see its log if it has one.",
        false,
        cause);
  }

  /** Returns whether the certificate is signed by nobody who is trusted here. */
  private static boolean unknownAuthority(SSLException cause) {
    return String.valueOf(cause.getMessage()).contains("PKIX path building failed");
  }
}
