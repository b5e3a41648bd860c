package dev.privateapi.app;

import java.util.List;
import java.util.Set;

/**
 * Something that keeps a stack's deletion from ending.
 *
 * @param holds the resources that it keeps, beside which stays only what these use
 * @param comes when the stack is still as the spec says
 * @param goes so that the deletion can end by itself
 * @param told parts of what the status says of it; {@code {…}} stands for the id that {@link Weather} returns, or of a resource
 */
record DeletionCase(String name, Set<String> holds, Weather comes, Shelter goes, List<String> told) {

    /** @return what names the blocker: its id */
    interface Weather {
        String on(SandboxStack stack);
    }

    interface Shelter {
        void after(SandboxStack stack, String blocker);
    }

    @Override
    public String toString() {
        return name;
    }
}
