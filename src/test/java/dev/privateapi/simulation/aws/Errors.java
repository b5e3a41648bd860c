package dev.privateapi.simulation.aws;

import java.net.SocketException;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * One service's refusals, as the SDK's exceptions.
 *
 * @param builder of the service's own exception
 * @param slowDown its code for "slow down"
 * @param forbidden its code for a missing right
 */
public record Errors(Supplier<? extends AwsServiceException.Builder> builder, Code slowDown, Code forbidden) {

    /** An error code and the HTTP status that comes with it. */
    public record Code(String code, int status) {}

    public AwsServiceException refuse(String code, int status, String message) {
        return builder.get()
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
                .statusCode(status)
                .message(message)
                .build();
    }

    RuntimeException throttled() {
        return refuse(slowDown.code, slowDown.status, "Rate exceeded");
    }

    RuntimeException denied(Call call) {
        return refuse(forbidden.code, forbidden.status, "User: operator is not authorized to perform: " + call.name());
    }

    RuntimeException unreachable() {
        return SdkClientException.create("Unable to execute HTTP request: Connection refused",
                new SocketException("Connection refused"));
    }

    /** @param refusal what was not heard, null if it was no refusal */
    RuntimeException lost(RuntimeException refusal) {
        SocketException reset = new SocketException("Connection reset");
        if (refusal != null) {
            reset.addSuppressed(refusal);
        }
        return SdkClientException.create("Unable to execute HTTP request: Connection reset", reset);
    }
}
