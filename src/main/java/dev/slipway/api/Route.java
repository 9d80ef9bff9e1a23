package dev.slipway.api;

import dev.slipway.access.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One route: what the router matches, what is validated, and what the document says.
 *
 * @param method of HTTP
 * @param path with {@code {name}} for a segment that the request record takes by that name
 * @param name the operation's name in the document
 * @param summary one line for the document
 * @param access who may use it
 * @param scope what a caller needs, where keys are asked for
 * @param asks whether it puts a question to the model, so that the limits on questions hold
 * @param steady whether nothing that it works with can fail
 * @param request what it takes
 * @param bodies whether the request record has components in the body
 * @param answers what it answers when all is well
 * @param failures the statuses that are its own; those of the guards come by themselves
 * @param handler answers
 */
record Route<Q extends Record>(
    String method,
    String path,
    String name,
    String summary,
    Access access,
    Scope scope,
    boolean asks,
    boolean steady,
    Class<Q> request,
    boolean bodies,
    List<Success> answers,
    List<Integer> failures,
    Function<Call<Q>, Reply> handler) {

  /** Who may use a route. */
  enum Access {
    /** Everyone, without limit. */
    OPEN,
    /** Everyone on this machine; others need a key where keys are asked for. */
    LOOPBACK,
    /** Whoever has a key, where keys are asked for; within the caller's allowance. */
    KEYED
  }

  /** One kind of answer when all is well. */
  sealed interface Success {
    int status();

    /** A JSON document. */
    record Document(int status, String description, Class<? extends Record> type)
        implements Success {}

    /** Text or bytes of a media type. */
    record Media(int status, String description, String contentType) implements Success {}

    /** Server-sent events, each with its data; the empty name is an event without one. */
    record Stream(int status, String description, Map<String, Class<? extends Record>> events)
        implements Success {}
  }

  /** A request without fields. */
  record Nothing() {}

  Route {
    answers = List.copyOf(answers);
    failures = List.copyOf(failures);
  }

  /** Begins a route without a body. */
  static <Q extends Record> Builder<Q> get(String path, String name, Class<Q> request) {
    return new Builder<>("GET", path, name, request, false);
  }

  /** Begins a route with a JSON body. */
  static <Q extends Record> Builder<Q> post(String path, String name, Class<Q> request) {
    return new Builder<>("POST", path, name, request, true);
  }

  /** Returns the shape of this route's errors. */
  ErrorShape errors() {
    return ErrorShape.at(path);
  }

  /** Returns every status that this route can fail with, in order. */
  List<Integer> everyFailure(boolean keys) {
    TreeSet<Integer> statuses = new TreeSet<>();
    statuses.addAll(failures);
    if (access == Access.KEYED) {
      statuses.add(429);
    }
    if (keys && access != Access.OPEN) {
      statuses.addAll(List.of(401, 403));
    }
    if (!keys) {
      statuses.add(421);
    }
    if (bodies) {
      // A page of another origin may look, and may not send.
      statuses.addAll(keys ? List.of(413, 415) : List.of(403, 413, 415));
    }
    if (takesFields()) {
      statuses.add(errors().status(422));
    }
    if (asks) {
      statuses.addAll(List.of(400, 403, 502, 503, 504));
    }
    if (!steady) {
      statuses.add(500);
    }
    return List.copyOf(statuses);
  }

  /** A name in the path is right, or there is nothing of it; the rest can be wrong. */
  private boolean takesFields() {
    return Arrays.stream(request.getRecordComponents())
        .map(component -> component.getAnnotation(Field.class))
        .anyMatch(field -> field == null || field.in() != Field.Place.PATH);
  }

  /** Collects what a route says of itself; used on one thread. */
  static final class Builder<Q extends Record> {
    private final String method;
    private final String path;
    private final String name;
    private final Class<Q> request;
    private final boolean bodies;
    private final List<Success> answers = new ArrayList<>();
    private final List<Integer> failures = new ArrayList<>();
    private String summary = "";
    private Access access = Access.KEYED;
    private Scope scope = Scope.ASK;
    private boolean asks;
    private boolean steady;

    private Builder(String method, String path, String name, Class<Q> request, boolean bodies) {
      this.method = method;
      this.path = path;
      this.name = name;
      this.request = request;
      this.bodies = bodies;
    }

    Builder<Q> summary(String text) {
      summary = text;
      return this;
    }

    Builder<Q> access(Access who) {
      access = who;
      return this;
    }

    /** Says what a caller needs; to ask, if nothing is said. */
    Builder<Q> scope(Scope needed) {
      scope = needed;
      return this;
    }

    /** Says that the route puts a question to the model. */
    Builder<Q> asks() {
      asks = true;
      return this;
    }

    /** Says that nothing that the route works with can fail. */
    Builder<Q> steady() {
      steady = true;
      return this;
    }

    Builder<Q> answers(int status, String description, Class<? extends Record> type) {
      answers.add(new Success.Document(status, description, type));
      return this;
    }

    Builder<Q> answers(int status, String description, String contentType) {
      answers.add(new Success.Media(status, description, contentType));
      return this;
    }

    Builder<Q> streams(String description, Map<String, Class<? extends Record>> events) {
      answers.add(new Success.Stream(200, description, new LinkedHashMap<>(events)));
      return this;
    }

    Builder<Q> fails(int status) {
      failures.add(status);
      return this;
    }

    Route<Q> handledBy(Function<Call<Q>, Reply> handler) {
      return new Route<>(
          method, path, name, summary, access, scope, asks, steady, request, bodies, answers,
          failures, handler);
    }
  }
}
