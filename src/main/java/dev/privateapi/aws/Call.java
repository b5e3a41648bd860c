package dev.privateapi.aws;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which call failed. The SDK's exceptions do not tell; this rides on them as a suppressed exception, so that their type,
 * which drivers catch, stays what it is.
 */
final class Call extends Exception {

    private static final long serialVersionUID = 1L;

    private final String operation;
    private final String action;
    private final String account;

    /** @param account empty for the operator's own */
    Call(String operation, String action, String account) {
        super("during " + operation, null, false, false);
        this.operation = operation;
        this.action = action;
        this.account = account;
    }

    /** As in {@code CreateVpc}, or {@code CreateVpc in account 222222222222}: who has to act there may be somebody else. */
    String operation() {
        return operation + where();
    }

    /** As in {@code " in account 222222222222"}; empty in the operator's own. */
    String where() {
        return account.isEmpty() ? "" : " in account " + account;
    }

    /** As IAM calls it: {@code ec2:CreateVpc}. */
    String action() {
        return action;
    }

    static Optional<Call> of(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .flatMap(cause -> Arrays.stream(cause.getSuppressed()))
                .filter(Call.class::isInstance)
                .map(Call.class::cast)
                .findFirst();
    }
}
