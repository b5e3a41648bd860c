package dev.privateapi.model;

/** What one resource tells the others about itself, beyond its id. */
public enum Attribute {
    ARN,
    DNS_NAME,
    /** The zone of an AWS-owned DNS name, which an alias record to it has to name. */
    DNS_NAME_ZONE_ID,
    VPC_ID,
    CIDR,
    /** Comma-separated. */
    IP_ADDRESSES,
    /** Comma-separated ids of the route tables that hold the routes. */
    ROUTE_TABLE_IDS,
    ROOT_RESOURCE_ID,
    /** Of a deployment or a task definition: the digest of everything that it was made of. */
    DIGEST,
    RUNNING_TASKS,
    DESIRED_TASKS,
    TASK_DEFINITION_ARN,
    /** Comma-separated; of a service, on which its tasks are reached, those that are being replaced included. */
    PORTS,
    /** The service's own word for the state, as it is shown in the status. */
    STATE
}
