package dev.slipway.aws;

import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.endpoint.RuntimeClientContract;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class SageMakerRuntimeClientContractTest extends RuntimeClientContract {
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  private RuntimeClient clientOf(RuntimeStandIn.Script script) {
    try {
      RuntimeStandIn standIn = new RuntimeStandIn(script);
      SageMakerRuntimeClient client = standIn.client();
      open.add(client);
      open.add(standIn);
      return client;
    } catch (IOException noServer) {
      throw new UncheckedIOException(noServer);
    }
  }

  @Override
  protected RuntimeClient answering(byte[]... parts) {
    return clientOf(
        call -> {
          if (!call.streamed()) {
            call.whole(parts[0]);
            return;
          }
          try (OutputStream stream = call.stream()) {
            for (byte[] part : parts) {
              RuntimeStandIn.part(stream, part);
            }
          }
        });
  }

  @Override
  protected RuntimeClient breakingOffAfter(byte[]... parts) {
    return clientOf(
        call -> {
          try (OutputStream stream = call.stream()) {
            for (byte[] part : parts) {
              RuntimeStandIn.part(stream, part);
            }
            RuntimeStandIn.exception(
                stream, "InternalStreamFailure", "{\"Message\":\"the stream failed\"}");
          }
        });
  }

  @Override
  protected RuntimeClient knowingNothing() {
    return clientOf(
        call ->
            call.error(
                400,
                "ValidationError",
                "{\"Message\":\"Endpoint chat of account 123456789012 not found.\"}"));
  }
}
