package dev.privateapi.simulation.aws;

/** Who calls: a process of the operator, which the weather reaches and which can die, or a person. */
public final class Caller {

    private final String name;
    private final boolean operator;
    private boolean dead;
    /** Whether it does several things side by side now, and whether the one at hand has not made a call yet. */
    private boolean sideBySide;
    private boolean fresh;
    private boolean inFlight;

    private Caller(String name, boolean operator) {
        this.name = name;
        this.operator = operator;
    }

    public static Caller operator(String name) {
        return new Caller(name, true);
    }

    public static Caller person() {
        return new Caller("person", false);
    }

    public String name() {
        return name;
    }

    boolean operator() {
        return operator;
    }

    public boolean dead() {
        return dead;
    }

    /** From now on every call of it ends in {@link Killed}; those that were on their way beside this one may have an effect. */
    public void die() {
        dead = true;
        inFlight = sideBySide;
    }

    /** Something begins that the process does side by side with what began before it. */
    public void begins() {
        sideBySide = true;
        fresh = true;
    }

    /** All that it did side by side has come to an end. */
    public void ends() {
        sideBySide = false;
        inFlight = false;
    }

    void mustLive() {
        if (dead) {
            throw new Killed();
        }
    }

    /** To be asked once for each call: whether it was on its way when the process died. */
    boolean outlives() {
        boolean outlives = inFlight && fresh;
        fresh = false;
        return outlives;
    }
}
