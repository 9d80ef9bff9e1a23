package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

final class UnreachableTest {

  @Test
  void aPortThatNobodyListensOnIsSaidInWords() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThat(Unreachable.why(failure("http://127.0.0.1:" + port)))
        .isEqualTo("nothing listens there");
  }

  @Test
  void aNameThatNobodyHasIsToldApart() {
    assertThat(Unreachable.why(failure("http://nowhere.invalid")))
        .isEqualTo("its name is not known here");
  }

  @Test
  void whatTheClientSaysIsKept() {
    assertThat(Unreachable.why(new IOException("reset by peer"))).isEqualTo("reset by peer");
    assertThat(Unreachable.why(new IOException())).contains("the connection failed (IOException)");
  }

  private static IOException failure(String address) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
      return catchThrowableOfType(
          IOException.class, () -> client.send(request, BodyHandlers.discarding()));
    }
  }
}
