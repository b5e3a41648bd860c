package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The AWS services that a closed stack reaches through VPC endpoints. */
public enum EndpointService {
    @JsonProperty("ecr.api")
    ECR_API("ecr.api"),
    @JsonProperty("ecr.dkr")
    ECR_DKR("ecr.dkr"),
    @JsonProperty("logs")
    LOGS("logs"),
    @JsonProperty("execute-api")
    EXECUTE_API("execute-api"),
    @JsonProperty("s3")
    S3("s3");

    private final String serviceName;

    EndpointService(String serviceName) {
        this.serviceName = serviceName;
    }

    /** The last part of the endpoint's service name, {@code com.amazonaws.<region>.<this>}. */
    public String serviceName() {
        return serviceName;
    }
}
