package dev.slipway.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeServerTest {

  @Test
  void aPortInUseIsSaidSo(@TempDir Path folder) {
    try (RunningRuntime running =
        new RunningRuntime(folder, RuntimeLimits.defaults(), request -> {})) {
      int port = running.runtime.url().getPort();
      assertThatThrownBy(
              () ->
                  RuntimeServer.start(
                      running.endpoints,
                      running.objects.store(),
                      RunningRuntime.OUTPUT,
                      RuntimeLimits.defaults(),
                      port,
                      folder.resolve("other")))
          .isInstanceOfSatisfying(
              OperationFailed.class,
              failure -> {
                assertThat(failure.code()).isEqualTo("port_in_use");
                assertThat(failure).hasMessageContaining("port " + port);
                assertThat(failure.next()).contains("another port");
              });
    }
  }

  @Test
  void onlyThisUserMayReadWhatWaits(@TempDir Path folder) throws IOException {
    try (RunningRuntime running =
        new RunningRuntime(folder, RuntimeLimits.defaults(), request -> {})) {
      assertThat(running.runtime.url().getHost()).isEqualTo("127.0.0.1");
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("async"))))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void randomRequestsAreRefusedAndTheServerLives(@TempDir Path folder) throws IOException {
    long seed = 20261122;
    Random random = new Random(seed);
    try (RunningRuntime running =
        new RunningRuntime(
            folder,
            RuntimeLimits.defaults(),
            request -> request.answer(200, "text/plain", "fine"))) {
      for (int i = 0; i < 300; i++) {
        String request = request(random);
        String answer = RawHttp.exchange(running.runtime.url(), request);
        assertThat(answer)
            .as("seed %d, request %d: %s", seed, i, request)
            .doesNotStartWith("HTTP/1.1 500")
            .doesNotContain("\tat ")
            .doesNotContain("Exception:");
      }
      assertThat(
              RawHttp.exchange(
                  running.runtime.url(), RawHttp.post("/endpoints/chat/invocations", "", "{}")))
          .endsWith("fine");
    }
  }

  private static String request(Random random) {
    String[] paths = {
      "/endpoints/chat/invocations",
      "/endpoints/chat/invocations-response-stream",
      "/endpoints/chat/async-invocations",
      "/endpoints/chat/openai/v1/chat/completions",
      "/endpoints/../chat/invocations",
      "/endpoints/%00/invocations",
      "/%zz",
      "//",
      "/endpoints/" + noise(random, 80) + "/invocations"
    };
    String[] headers = {
      "",
      "X-Amzn-SageMaker-Target-Variant: " + noise(random, 40) + "\r\n",
      "X-Amzn-SageMaker-InputLocation: " + noise(random, 40) + "\r\n",
      "X-Amzn-SageMaker-Inference-Component: " + noise(random, 90) + "\r\n",
      "X-Amzn-SageMaker-RequestTTLSeconds: " + noise(random, 12) + "\r\n",
      "Content-Type: " + noise(random, 20) + "\r\n",
      "Accept: " + noise(random, 20) + "\r\n",
      "Content-Encoding: gzip\r\n",
      "Authorization: Bearer x\r\n",
      noise(random, 10) + ": x\r\n"
    };
    return RawHttp.post(
        paths[random.nextInt(paths.length)],
        headers[random.nextInt(headers.length)],
        noise(random, 200));
  }

  private static String noise(Random random, int most) {
    StringBuilder noise = new StringBuilder();
    for (int left = random.nextInt(most + 1); left > 0; left--) {
      noise.append(
          (char) (random.nextInt(20) == 0 ? random.nextInt(256) : ' ' + random.nextInt(95)));
    }
    return noise.toString();
  }
}
