package dev.slipway.standin.stacks;

import dev.slipway.standin.hosting.ObjectHouse;
import dev.slipway.standin.hosting.SimulatedAlarms;
import dev.slipway.standin.hosting.SimulatedHosting;
import dev.slipway.standin.hosting.SimulatedImages;
import dev.slipway.standin.hosting.SimulatedLogs;
import dev.slipway.standin.hosting.SimulatedScaling;
import dev.slipway.standin.hosting.SimulatedServices;
import dev.slipway.standin.hosting.World;

/** What stacks make their resources with. */
public record Services(
    World world,
    SimulatedHosting hosting,
    SimulatedScaling scaling,
    SimulatedAlarms alarms,
    SimulatedLogs logs,
    SimulatedImages images,
    SimulatedServices containers,
    ObjectHouse objects) {}
