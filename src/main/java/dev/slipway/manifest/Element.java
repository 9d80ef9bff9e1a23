package dev.slipway.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One node of a manifest as it was written. Every element knows its dotted path and its line, and
 * keeps both when an environment is laid over the base: so a problem is always reported where the
 * user wrote it.
 */
sealed interface Element {

  /** Returns the dotted path from the top of the file, as {@code environments.prod.tags}. */
  String path();

  /** Returns the line, from 1; 0 for what no file holds. */
  int line();

  /** Returns what this is, for messages: {@code a list}, {@code "chat"}, {@code 5}. */
  String found();

  /** Keys with their values, in the order of the file. */
  record Mapping(String path, int line, Map<String, Element> entries) implements Element {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** Returns this mapping without one of its keys. */
    Mapping without(String key) {
      Map<String, Element> rest = new LinkedHashMap<>(entries);
      rest.remove(key);
      return new Mapping(path, line, rest);
    }

    /**
     * Lays another mapping over this one: maps are merged, all else is replaced. Nothing ({@code
     * endpoint:} with its keys commented out) changes nothing of a map.
     */
    Mapping overlaidBy(Mapping overlay) {
      Map<String, Element> merged = new LinkedHashMap<>(entries);
      overlay.entries.forEach((key, value) -> merged.merge(key, value, Mapping::overlay));
      return new Mapping(path, line, merged);
    }

    private static Element overlay(Element below, Element above) {
      if (!(below instanceof Mapping map)) {
        return above;
      }
      return switch (above) {
        case Mapping over -> map.overlaidBy(over);
        case Scalar scalar when scalar.kind() == Kind.NULL -> below;
        case Scalar scalar -> scalar;
        case Sequence sequence -> sequence;
        case Unknown unknown -> unknown;
      };
    }

    @Override
    public String found() {
      return "a map";
    }
  }

  /** A list. */
  record Sequence(String path, int line, List<Element> items) implements Element {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String found() {
      return "a list";
    }
  }

  /**
   * One value.
   *
   * @param text as it was written, without quotes
   */
  record Scalar(String path, int line, String text, Kind kind) implements Element {
    @Override
    public String found() {
      return switch (kind) {
        case NULL -> "empty";
        case INTEGER, NUMBER, BOOLEAN -> Shown.plain(text);
        case TEXT, SUBSTITUTED -> text.isEmpty() ? "empty" : Shown.quoted(text);
      };
    }
  }

  /**
   * Something that can't be judged: it was reported already, or hangs on a variable of another
   * machine.
   */
  record Unknown(String path, int line) implements Element {
    @Override
    public String found() {
      return "unknown";
    }
  }

  /** The types of YAML 1.2's core schema, which editors use too. */
  enum Kind {
    /** Quoted, or plain and none of the others. */
    TEXT,
    /** A whole decimal number without leading zeros. */
    INTEGER,
    /** Any other number. */
    NUMBER,
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** {@code null}, {@code ~} or nothing at all. */
    NULL,
    /** Made with a variable: text, number or boolean, whichever its reader expects. */
    SUBSTITUTED
  }
}
