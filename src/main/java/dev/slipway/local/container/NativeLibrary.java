package dev.slipway.local.container;

/** Says why the native library could not be loaded, in words that help. */
final class NativeLibrary {
  private NativeLibrary() {}

  /** Returns the reason, and what to do. */
  static String why(LinkageError error) {
    String message = String.valueOf(error.getMessage());
    if (message.contains("libgomp")) {
      return "the engine needs the OpenMP library libgomp.so.1, which is not installed."
          + " Install it (Debian and Ubuntu: libgomp1, Fedora and Amazon Linux: libgomp)";
    }
    if (message.contains("libstdc++")) {
      return "the engine needs the C++ library libstdc++.so.6, which is not installed."
          + " Install it (Debian and Ubuntu: libstdc++6, Fedora and Amazon Linux: libstdc++)";
    }
    if (message.contains("failed to map segment") || message.contains("Operation not permitted")) {
      return "the engine's library can't be run from the folder for temporary files, which seems"
          + " to be mounted noexec. Set SLIPWAY_HOME to a folder where programs may run";
    }
    return "the engine's native library can't be loaded: " + message.lines().findFirst().orElse("");
  }
}
