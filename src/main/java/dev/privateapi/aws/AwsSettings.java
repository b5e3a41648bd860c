package dev.privateapi.aws;

import dev.privateapi.aws.ApiClass.Rate;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * How the operator reaches AWS.
 *
 * @param roles the identities that administrators gave for other accounts, by account
 * @param rates the classes of calls whose limits are not AWS' standard ones, such as a raised quota
 * @param timeScale how many times faster than life AWS runs, 1 for AWS itself
 * @param endpoint where all services answer instead of AWS; null for {@code AWS_ENDPOINT_URL}, or else AWS
 * @param credentials null for the SDK's default chain: environment, profile, web identity, Pod Identity
 */
public record AwsSettings(
        Map<String, Role> roles,
        Map<ApiClass, Rate> rates,
        double timeScale,
        URI endpoint,
        AwsCredentialsProvider credentials) {

    public AwsSettings {
        roles = Map.copyOf(roles);
        rates = Map.copyOf(rates);
    }

    /** @param externalId empty if the role's trust policy asks for none */
    public record Role(String arn, String externalId) {}

    /** AWS itself, by the default chain, in the operator's own account only. */
    public static AwsSettings standard() {
        return new AwsSettings(Map.of(), Map.of(), 1, null, null);
    }

    /** The same against an emulator, with credentials of its own. */
    public AwsSettings at(URI endpoint, double timeScale, AwsCredentialsProvider credentials) {
        return new AwsSettings(roles, rates, timeScale, endpoint, credentials);
    }
}
