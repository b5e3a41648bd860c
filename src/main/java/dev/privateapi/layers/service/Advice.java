package dev.privateapi.layers.service;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What to do about tasks that fail, by AWS' words for the cause (ECS Developer Guide, "Stopped tasks error messages"). The
 * first that matches.
 */
enum Advice {
    NO_IMAGE(
            "CannotPull.*(not found|does not exist|manifest unknown)",
            "Push that image, or write one that exists in spec.service.image."),
    DENIED(
            "403 Forbidden|AccessDenied|not authorized|no basic auth",
            "The policies of the image's repository, of the VPC endpoints and of the organisation have to let the tasks'"
                    + " execution role through."),
    NO_WAY(
            "timeout|connection issue|context deadline exceeded|TLS handshake|no such host|lookup ",
            "The tasks do not reach AWS from their subnets: check security groups, routes, network ACLs and DNS of what"
                    + " the spec names as existing."),
    NO_LOG_GROUP("log group does not exist", "The stack makes it anew."),
    NO_MEMORY("OutOfMemory", "Raise spec.service.memory."),
    NO_PLACE("[Cc]apacity", "AWS has no room for it now: wait, or spread spec.vpc.subnets over more zones."),
    WRONG_PLATFORM("exec format error|platform", "Build the image for spec.service.cpuArchitecture."),
    UNHEALTHY("health checks", "The container has to listen on spec.service.port: correct the port or the image."),
    ENDED(
            "[Ee]ssential container|exit",
            "Its log in " + Advice.LOG_GROUP + " tells why it ended: correct spec.service.image or spec.service.env."),
    UNKNOWN("", "Correct spec.service.");

    private static final String LOG_GROUP = "{log group}";

    private final Pattern cause;
    private final String step;

    Advice(String cause, String step) {
        this.cause = Pattern.compile(cause, Pattern.DOTALL);
        this.step = step;
    }

    static String on(String cause, String logGroup) {
        return Arrays.stream(values()).filter(it -> it.cause.matcher(cause).find()).findFirst().orElse(UNKNOWN)
                .step.replace(LOG_GROUP, logGroup);
    }
}
