package dev.privateapi.simulation.aws;

import java.time.Duration;

/**
 * How long AWS takes, in seconds: as the sandbox has it, from public logs and AWS' documentation. A duration is the typical
 * one, ten per cent more or less.
 */
enum Takes {
    VPC(3),
    SUBNET(4),
    GATEWAY_ENDPOINT(6),
    INTERFACE_ENDPOINT(60),
    INTERFACE_ENDPOINT_DELETION(90),
    LOAD_BALANCER(155),
    LOAD_BALANCER_DELETION(45),
    VPC_LINK(180),
    VPC_LINK_FAILURE(5),
    VPC_LINK_DELETION(37),
    ROLE_USABLE(10),
    TASK_RUNNING(45),
    TARGET_HEALTHY(60),
    TASK_FAILING(30),
    SERVICE_DELETION(210),
    INTERFACE_RELEASE(60),
    TASK_DEFINITION_DELETION(30),
    RESOLVER_ENDPOINT(90),
    RESOLVER_ENDPOINT_DELETION(60),
    RESOLVER_RULE_ASSOCIATION(10),
    PEERING(4);

    private final int seconds;

    Takes(int seconds) {
        this.seconds = seconds;
    }

    /** @param chance from 0 to 1 */
    Duration between(double chance) {
        return Duration.ofMillis((long) (seconds * 1000 * (0.9 + 0.2 * chance)));
    }
}
