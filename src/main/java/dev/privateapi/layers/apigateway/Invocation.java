package dev.privateapi.layers.apigateway;

/**
 * What came of asking the API.
 *
 * @param request as in {@code GET /}
 * @param status of HTTP; API Gateway's own if the request did not get through
 * @param cause why it did not, in API Gateway's words; empty if it did
 */
public record Invocation(String request, int status, String cause) {

    /** Whether a container answered, and not with an error of its own. */
    public boolean answered() {
        return status < 500;
    }
}
