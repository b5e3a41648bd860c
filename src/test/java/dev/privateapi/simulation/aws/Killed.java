package dev.privateapi.simulation.aws;

/** The process that made this call is gone: an Error, because nothing in it may go on after that. */
public final class Killed extends Error {

    private static final long serialVersionUID = 1L;

    Killed() {
        super("the process died", null, false, false);
    }
}
