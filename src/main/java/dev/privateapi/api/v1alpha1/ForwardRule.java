package dev.privateapi.api.v1alpha1;

import java.util.List;

/** Names under {@code domain} are asked from the DNS servers at {@code targetIps}, through the outbound endpoint. */
public record ForwardRule(String domain, List<String> targetIps) {

    public ForwardRule {
        targetIps = targetIps == null ? List.of() : List.copyOf(targetIps);
    }
}
