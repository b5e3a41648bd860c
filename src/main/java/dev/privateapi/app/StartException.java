package dev.privateapi.app;

/** Why the operator cannot run: what is wrong and what to do about it, for the one who started it. */
final class StartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StartException(String message) {
        super(message);
    }
}
