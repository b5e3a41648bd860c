package dev.privateapi.api.v1alpha1;

/** A private subnet: one to create, or with {@code id} one that exists in the VPC given by {@code vpc.id}. */
public record SubnetSpec(String cidr, String availabilityZone, String id) {}
