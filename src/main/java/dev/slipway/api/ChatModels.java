package dev.slipway.api;

import dev.slipway.endpoint.AsyncRoundTrip;
import dev.slipway.endpoint.Breaker;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.EndpointChatModel;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.FallbackChatModel;
import dev.slipway.endpoint.ObjectPlaces;
import dev.slipway.endpoint.PatientClient;
import dev.slipway.endpoint.PatientClient.Patience;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.Interrupted;
import dev.slipway.manifest.EndpointSpec;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes the one way to ask: a deployment's endpoint, whatever its kind, and the fallback. */
final class ChatModels {
  private ChatModels() {}

  /**
   * Makes the model of a service.
   *
   * @param runtime asks endpoints; it stays the caller's to close
   * @param requests opens where an asynchronous endpoint's requests are kept; used if it is one
   */
  static ChatModel of(
      ServiceSettings settings, RuntimeClient runtime, Supplier<? extends ObjectPlaces> requests) {
    // The local target hosts one endpoint.
    Optional<EndpointName> fallback =
        settings.loopback().isPresent()
            ? Optional.empty()
            : settings.manifest().api().fallback().map(EndpointName::new);
    RuntimeClient patient =
        patient(runtime, fallback.isPresent() ? Patience.NONE : Patience.UNTIL_READY);
    if (settings.beside().isPresent()) {
      // The model beside the service answers at once, whatever kind the endpoint is.
      return new EndpointChatModel(patient, settings.endpoint(), Optional.empty());
    }
    ChatModel model =
        switch (settings.manifest().endpoint()) {
          case EndpointSpec.Realtime _ ->
              new EndpointChatModel(patient, settings.endpoint(), settings.component());
          case EndpointSpec.Async _ ->
              EndpointChatModel.async(
                  new AsyncRoundTrip(
                      patient, requests.get(), ChatModels::pause, AsyncRoundTrip.Onlooker.caller()),
                  settings.endpoint());
        };
    return fallback
        .<ChatModel>map(
            name ->
                new FallbackChatModel(
                    model,
                    new EndpointChatModel(
                        patient(runtime, Patience.UNTIL_READY), name, Optional.empty())))
        .orElse(model);
  }

  private static RuntimeClient patient(RuntimeClient runtime, Patience patience) {
    return new PatientClient(runtime, new Breaker(), patience, ChatModels::pause, waiting -> {});
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "The wait for the endpoint was interrupted", "the service is stopping.", "Ask again.");
    }
  }
}
