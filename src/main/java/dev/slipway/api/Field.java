package dev.slipway.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes and bounds one component of a request or response record. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Field {
  /** Where a request carries the component. */
  enum Place {
    /** A key of the JSON body. */
    BODY,
    /** A query parameter. */
    QUERY,
    /** A segment of the path. */
    PATH
  }

  /** What it is, for the document. */
  String value() default "";

  Place in() default Place.BODY;

  double minimum() default Double.NEGATIVE_INFINITY;

  double maximum() default Double.POSITIVE_INFINITY;

  /** Characters of a text (after white space around it is cut), items of a list. */
  int minLength() default 0;

  /** Characters of a text, items of a list. */
  int maxLength() default Integer.MAX_VALUE;

  /** The only texts allowed; none means any. */
  String[] oneOf() default {};

  /** An example for the document, as JSON; none if empty. */
  String example() default "";

  /** In a response: written as null where absent, rather than left out. */
  boolean nullable() default false;
}
