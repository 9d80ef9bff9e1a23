package dev.slipway.deploy;

import dev.slipway.manifest.Manifest;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What a business layer on ECS comes from.
 *
 * @param image makes its image
 * @param index where this machine keeps the index of a deployment; need not exist
 * @param probe asks it
 */
public record ServiceSupply(
    ServiceImage image, Function<Manifest, Path> index, ServiceProbe probe) {}
