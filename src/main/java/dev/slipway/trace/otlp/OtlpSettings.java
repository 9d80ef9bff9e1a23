package dev.slipway.trace.otlp;

import dev.slipway.failure.OperationFailed;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where traces go and how, from the manifest and from OpenTelemetry's own environment, which wins.
 *
 * @param endpoint the whole address of the collector's traces
 * @param headers sent with each request; they hold keys, and are never shown
 * @param timeout for one request
 * @param gzip whether requests are compressed
 * @param certificate whom to trust, in PEM; absent means whom Java trusts
 * @param resource {@code OTEL_RESOURCE_ATTRIBUTES} and {@code OTEL_SERVICE_NAME}
 * @param sampler which questions are told of
 * @param queue how many questions wait at most; what comes on top is dropped and counted
 * @param delay how long the first of a batch waits for others
 */
public record OtlpSettings(
    URI endpoint,
    Map<String, String> headers,
    Duration timeout,
    boolean gzip,
    Optional<Path> certificate,
    Map<String, String> resource,
    Sampler sampler,
    int queue,
    Duration delay) {
  private static final String TRACES = "/v1/traces";

  /** Copies the maps. */
  public OtlpSettings {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    resource = Collections.unmodifiableMap(new LinkedHashMap<>(resource));
  }

  /** Names what may be read: headers hold keys. */
  @Override
  public String toString() {
    return "OtlpSettings[endpoint=" + endpoint + ", headers=" + headers.keySet() + "]";
  }

  /**
   * Reads the settings; absent if nothing is to be exported.
   *
   * @param export {@code trace.export} of the manifest: a collector's address, to which {@code
   *     /v1/traces} is added where it doesn't end so
   * @throws OperationFailed if variables can't be acted on; it names them all
   */
  public static Optional<OtlpSettings> of(Optional<URI> export, Map<String, String> environment) {
    Reading reading = new Reading(environment);
    boolean off =
        reading.text("OTEL_SDK_DISABLED").filter("true"::equalsIgnoreCase).isPresent()
            || reading.text("OTEL_TRACES_EXPORTER").filter("none"::equalsIgnoreCase).isPresent();
    Optional<URI> endpoint =
        reading
            .uri("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
            .or(() -> reading.uri("OTEL_EXPORTER_OTLP_ENDPOINT").map(OtlpSettings::traces))
            .or(() -> export.map(OtlpSettings::traces));
    if (off || (endpoint.isEmpty() && reading.wrong.isEmpty())) {
      return Optional.empty();
    }
    Map<String, String> headers = reading.pairs("OTEL_EXPORTER_OTLP_HEADERS");
    headers.putAll(reading.pairs("OTEL_EXPORTER_OTLP_TRACES_HEADERS"));
    Map<String, String> resource = reading.pairs("OTEL_RESOURCE_ATTRIBUTES");
    reading.text("OTEL_SERVICE_NAME").ifPresent(name -> resource.put("service.name", name));
    reading.oneOf("OTEL_TRACES_EXPORTER", "", List.of("otlp"), "otlp");
    reading.oneOf(
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        List.of("http/protobuf"),
        "http/protobuf");
    String compression =
        reading.oneOf(
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
            "OTEL_EXPORTER_OTLP_COMPRESSION",
            List.of("gzip", "none"),
            "none");
    int timeout =
        reading.number("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT", 10_000);
    int queue = reading.number("OTEL_BSP_MAX_QUEUE_SIZE", "", 2_048);
    int delay = reading.number("OTEL_BSP_SCHEDULE_DELAY", "", 1_000);
    Sampler sampler = reading.sampler();
    reading.refuse();
    return endpoint.map(
        address ->
            new OtlpSettings(
                address,
                headers,
                Duration.ofMillis(timeout),
                compression.equals("gzip"),
                reading
                    .text("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE")
                    .or(() -> reading.text("OTEL_EXPORTER_OTLP_CERTIFICATE"))
                    .map(Path::of),
                resource,
                sampler,
                queue,
                Duration.ofMillis(delay)));
  }

  private static URI traces(URI base) {
    String text = base.toString().replaceAll("/+$", "");
    return URI.create(text.endsWith(TRACES) ? text : text + TRACES);
  }

  /** Reads variables and gathers what is wrong with them. */
  private static final class Reading {
    private final Map<String, String> environment;
    private final List<String> wrong = new ArrayList<>();

    Reading(Map<String, String> environment) {
      this.environment = environment;
    }

    Optional<String> text(String name) {
      return Optional.ofNullable(environment.get(name))
          .map(String::strip)
          .filter(v -> !v.isEmpty());
    }

    Optional<URI> uri(String name) {
      Optional<String> text = text(name);
      Optional<URI> uri = text.flatMap(Reading::httpUri);
      if (text.isPresent() && uri.isEmpty()) {
        wrong.add(name + " must be an http or https URL");
      }
      return uri;
    }

    private static Optional<URI> httpUri(String text) {
      try {
        URI uri = new URI(text);
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        return http && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
      } catch (java.net.URISyntaxException e) {
        return Optional.empty();
      }
    }

    /** Reads {@code key=value,...}, percent-encoded. */
    Map<String, String> pairs(String name) {
      Map<String, String> pairs = new LinkedHashMap<>();
      for (String pair : text(name).orElse("").split(",", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          pairs.put(pair.substring(0, equals).strip(), decoded(name, pair.substring(equals + 1)));
        } else if (!pair.isBlank()) {
          // The value may be a key: it is not repeated.
          wrong.add(name + " must be key=value pairs, separated by commas");
        }
      }
      return pairs;
    }

    private String decoded(String name, String value) {
      try {
        // A plus is itself here, not a space.
        return URLDecoder.decode(value.strip().replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        wrong.add(name + " has a value that is not percent-encoded UTF-8");
        return "";
      }
    }

    String oneOf(String name, String general, List<String> known, String normally) {
      String from = text(name).isPresent() ? name : general;
      String value = text(from).map(v -> v.toLowerCase(Locale.ROOT)).orElse(normally);
      if (!known.contains(value)) {
        wrong.add(from + " must be " + String.join(" or ", known) + ", is " + value);
      }
      return value;
    }

    int number(String name, String general, int normally) {
      String from = text(name).isPresent() ? name : general;
      Optional<String> value = text(from);
      if (value.isEmpty()) {
        return normally;
      }
      try {
        int number = Integer.parseInt(value.get());
        if (number > 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, as for a number that is too small.
      }
      wrong.add(from + " must be a whole number above 0");
      return normally;
    }

    Sampler sampler() {
      String name = text("OTEL_TRACES_SAMPLER").orElse("parentbased_always_on");
      String share = text("OTEL_TRACES_SAMPLER_ARG").orElse("1");
      Optional<Sampler> sampler = Sampler.of(name, share);
      if (sampler.isEmpty()) {
        wrong.add(
            "OTEL_TRACES_SAMPLER must be one of "
                + String.join(", ", Sampler.NAMES)
                + ", with a share from 0 to 1 in OTEL_TRACES_SAMPLER_ARG");
      }
      return sampler.orElse(Sampler.EVERYTHING);
    }

    void refuse() {
      if (!wrong.isEmpty()) {
        throw new OperationFailed(
            "otlp_settings",
            "Cannot export traces",
            String.join("; ", wrong) + ".",
            "Correct the environment, or set OTEL_SDK_DISABLED=true to export nothing.");
      }
    }
  }
}
