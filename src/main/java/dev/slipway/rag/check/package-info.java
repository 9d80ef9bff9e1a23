/** Holds questions and answers to what a manifest's {@code api.checks} says of their content. */
@org.jspecify.annotations.NullMarked
package dev.slipway.rag.check;
