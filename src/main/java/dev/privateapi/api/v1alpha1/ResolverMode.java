package dev.privateapi.api.v1alpha1;

/** Which Route 53 Resolver endpoints the stack has; each costs USD 0.125 per hour and network interface. */
public enum ResolverMode {
    /** No Resolver endpoint: the private hosted zone is associated with the peer VPCs instead, which is free. */
    None,
    /** Servers outside ask the VPC's resolver through the inbound endpoint. */
    Inbound,
    /** As Inbound, and the VPC asks servers outside through the outbound endpoint and its forward rules. */
    InboundAndOutbound
}
