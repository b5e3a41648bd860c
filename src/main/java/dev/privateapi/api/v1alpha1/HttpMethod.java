package dev.privateapi.api.v1alpha1;

/** The methods that API Gateway routes; {@code ANY} stands for all of them. */
public enum HttpMethod {
    ANY,
    DELETE,
    GET,
    HEAD,
    OPTIONS,
    PATCH,
    POST,
    PUT
}
