package dev.privateapi.api.v1alpha1;

/** A VPC endpoint that exists already and serves instead of one of our own; it is never changed and never deleted. */
public record VpcEndpointReference(EndpointService service, String id) {}
