package dev.slipway.manifest;

import java.util.Optional;

/**
 * Says what a deployment's answers must reach before a deploy counts as done.
 *
 * @param questions a file of questions, relative to the manifest; absent for no such gate
 * @param gate what they must reach, {@code recall=0.9,p95=2s}
 */
public record EvalSpec(Optional<String> questions, String gate) {}
