package dev.slipway.store;

import dev.slipway.failure.OperationFailed;
import dev.slipway.rag.index.VectorSpace;
import java.net.URI;
import javax.net.ssl.SSLException;

/** Says what can be wrong with a Qdrant server. Never shows its key. */
final class QdrantFailures {

  /** Longer reasons of the server's are cut: they may quote what was sent. */
  private static final int LONGEST_REASON = 300;

  private final URI url;

  QdrantFailures(URI url) {
    this.url = url;
  }

  OperationFailed unreachable(Exception cause) {
    if (cause instanceof SSLException) {
      return new OperationFailed(
          "store_tls",
          "Cannot reach Qdrant at " + url + " by TLS",
          String.valueOf(cause.getMessage()),
          "Check that the address is right; for a server with a private authority, set"
              + " SSL_CERT_FILE to a PEM file with that authority's certificate.",
          false,
          cause);
    }
    return new OperationFailed(
        "store_unreachable",
        "Cannot reach Qdrant at " + url,
        cause.getMessage() == null
            ? "nothing answers there (" + cause.getClass().getSimpleName() + ")"
            : cause.getMessage(),
        "Check rag.store.qdrant, and that the server runs and may be reached from here.",
        true,
        cause);
  }

  OperationFailed slow(Exception cause) {
    return new OperationFailed(
        "store_slow",
        "Got no answer of Qdrant at " + url + " in time",
        "it took longer than the time that there was",
        "Try again; if it stays so, look at the server's load and at the network to it.",
        true,
        cause);
  }

  OperationFailed busy(int status, String reason) {
    return new OperationFailed(
        "store_busy",
        "Qdrant at " + url + " can't work just now",
        "it answered " + status + " at each attempt: " + cut(reason),
        "Try again later; if it stays so, look at the server's logs.",
        true,
        null);
  }

  OperationFailed keyRefused(int status) {
    return new OperationFailed(
        "store_key",
        "Qdrant at " + url + " refused the API key",
        "it answered " + status,
        status == 403
            ? "Give the secret of rag.store.key a key that may read these collections, and for"
                + " `slipway index` write them."
            : "Give the secret of rag.store.key the server's key.");
  }

  OperationFailed refused(int status, String reason) {
    String next =
        reason.contains("Index required")
            ? "Name the field in rag.self_query.fields and run `slipway index` again: that makes"
                + " its index."
            : "Check that the server is Qdrant 1.12 or newer and its collections are Slipway's"
                + " own.";
    return new OperationFailed(
        "store_refused",
        "Qdrant at " + url + " refused a request",
        "it answered " + status + ": " + cut(reason),
        next);
  }

  OperationFailed notQdrant(int status) {
    return new OperationFailed(
        "store_protocol",
        "Cannot use what answers at " + url,
        "its answer (" + status + ") is not Qdrant's",
        "Set rag.store.qdrant to the server's REST address, such as https://host:6333.");
  }

  OperationFailed gone(String name) {
    return new OperationFailed(
        "index_gone",
        "Cannot write to the collection " + name + " of Qdrant at " + url,
        "it was deleted meanwhile",
        "Run `slipway index` again: it makes the collection anew.",
        true,
        null);
  }

  OperationFailed notOurs(String name, String why) {
    return new OperationFailed(
        "index_corrupt",
        "Cannot use the collection " + name + " of Qdrant at " + url,
        why,
        rebuild(name));
  }

  OperationFailed otherEmbedder(String name, String found, VectorSpace expected) {
    return new OperationFailed(
        "index_embedder",
        "Cannot use the collection " + name + " of Qdrant at " + url,
        "its vectors are those of " + found + ", and questions would be embedded by " + expected,
        rebuild(name));
  }

  OperationFailed locked(String name) {
    return new OperationFailed(
        "index_locked",
        "Cannot write to the collection " + name + " of Qdrant at " + url,
        "something else is writing to it",
        "Wait until the other `slipway index` is done, then run this again; one that was killed"
            + " holds it for two minutes at most.",
        true,
        null);
  }

  private static String rebuild(String name) {
    return "Delete the collection " + name + ", then run `slipway index` to make it anew.";
  }

  private static String cut(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "...";
  }
}
