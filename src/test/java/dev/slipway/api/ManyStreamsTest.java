package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.aws.RuntimeStandIn;
import dev.slipway.aws.SageMakerRuntimeClient;
import dev.slipway.endpoint.Breaker;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.EndpointChatModel;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.PatientClient;
import dev.slipway.endpoint.Streams;
import dev.slipway.manifest.ApiSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The service over the real client and a stand-in of SageMaker Runtime, many streams at once. */
@Timeout(60)
class ManyStreamsTest {
  private static final int STREAMS = 256;
  private static final int PIECES = 6;
  private static final ApiSpec.Limits MANY =
      new ApiSpec.Limits(
          STREAMS,
          1_000_000,
          OptionalLong.empty(),
          1 << 20,
          Duration.ofSeconds(50),
          OptionalInt.empty(),
          OptionalInt.empty());

  /** What one reader got. */
  private record Read(String text, String last, long endedAt) {}

  private static RunningApi api(SageMakerRuntimeClient client) {
    RunningApi api = new RunningApi(MANY, Optional.empty());
    var patient =
        new PatientClient(
            client, new Breaker(), PatientClient.Patience.UNTIL_READY, time -> {}, waiting -> {});
    var model = new EndpointChatModel(patient, new EndpointName("chat"), Optional.empty());
    api.answerer.script =
        (question, progress) -> {
          ChatModel.Reply reply =
              model.stream(
                  new ChatModel.Request(
                      question.messages(), question.sampling(), question.deadline()),
                  progress::token);
          return FakeAnswerer.answer(reply.text(), List.of());
        };
    return api;
  }

  private static Read ask(RunningApi api, int number) throws Exception {
    StringBuilder text = new StringBuilder();
    String event = "";
    try (var reader =
        new BufferedReader(
            new InputStreamReader(
                api.open("/rag", "{\"query\":\"<" + number + ">\",\"stream\":true}").body(),
                StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ") && event.equals("token")) {
          text.append(RunningApi.json(line.substring(6)).get("text").asText());
        }
      }
    }
    return new Read(text.toString(), event, System.nanoTime());
  }

  private static List<Future<Read>> askAll(
      RunningApi api, java.util.concurrent.ExecutorService threads) {
    List<Future<Read>> readers = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      int number = i;
      readers.add(threads.submit(() -> ask(api, number)));
    }
    return readers;
  }

  private static String name(RuntimeStandIn.Call call) throws IOException {
    JsonNode body = RunningApi.JSON.readTree(call.body());
    return body.path("messages").path(0).path("content").asText();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static String expected(int number, int pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      text.append("<" + number + ">" + i + ";");
    }
    return text.toString();
  }

  @Test
  void eachGetsEveryPieceOfItsOwnInOrder() throws Exception {
    CountDownLatch all = new CountDownLatch(STREAMS);
    try (var standIn =
            new RuntimeStandIn(
                call -> {
                  String name = name(call);
                  try (OutputStream stream = call.stream()) {
                    for (int i = 0; i < PIECES; i++) {
                      RuntimeStandIn.part(stream, Streams.bytes(Streams.chunk(name + i + ";")));
                      if (i == 0) {
                        // Nobody gets a second piece before everybody has a stream.
                        all.countDown();
                        await(all);
                      }
                    }
                    RuntimeStandIn.part(stream, Streams.bytes(Streams.ending()));
                  }
                });
        var client = standIn.client();
        var api = api(client);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Read>> readers = askAll(api, threads);

      for (int i = 0; i < STREAMS; i++) {
        Read read = readers.get(i).get();
        assertThat(read.text()).isEqualTo(expected(i, PIECES));
        assertThat(read.last()).isEqualTo("done");
      }
    }
  }

  @Test
  void anEndpointThatIsKilledInMidStreamGivesEachAnErrorWithinASecond() throws Exception {
    CountDownLatch all = new CountDownLatch(STREAMS);
    CountDownLatch never = new CountDownLatch(1);
    var standIn =
        new RuntimeStandIn(
            call -> {
              OutputStream stream = call.stream();
              RuntimeStandIn.part(stream, Streams.bytes(Streams.chunk(name(call) + "0;")));
              all.countDown();
              await(never);
            });
    try (var client = standIn.client();
        var api = api(client);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Read>> readers = askAll(api, threads);
      all.await();

      long killed = System.nanoTime();
      standIn.close();

      for (int i = 0; i < STREAMS; i++) {
        Read read = readers.get(i).get();
        assertThat(read.last()).isEqualTo("error");
        assertThat(Duration.ofNanos(read.endedAt() - killed)).isLessThan(Duration.ofSeconds(1));
      }
    } finally {
      never.countDown();
    }
  }
}
