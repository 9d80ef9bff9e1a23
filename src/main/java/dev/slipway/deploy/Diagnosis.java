package dev.slipway.deploy;

/**
 * Says why something failed, and what to do about it.
 *
 * @param code a stable name in snake_case: {@code cuda_driver}, {@code no_capacity}
 * @param cause a sentence
 * @param remedy a sentence or two
 */
public record Diagnosis(String code, String cause, String remedy) {}
