package dev.slipway.standin.hosting;

import dev.slipway.standin.kernel.Agenda;
import dev.slipway.standin.kernel.Conditions;
import dev.slipway.standin.kernel.Names;
import dev.slipway.standin.kernel.Region;

/** What every service of the simulation shares. */
public record World(Region region, Agenda agenda, Conditions conditions, Names names) {}
