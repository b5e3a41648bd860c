package dev.privateapi.layers;

import java.time.Instant;

/**
 * From when on the answers that a look uses may be.
 *
 * @param state what changes by itself, or may have been changed by anybody
 * @param details what AWS does not change by itself, such as tags and attributes
 * @param settled what nobody but the stack makes, such as revisions and deployments of its own
 * @param patient whether nobody waits for this look, so that it may take its turn among those of the fleet
 */
public record Freshness(Instant state, Instant details, Instant settled, boolean patient) {

    public Freshness {
        details = details.isBefore(state) ? details : state;
        settled = settled.isBefore(state) ? settled : state;
    }

    /** All of it from then on. */
    public static Freshness of(Instant since) {
        return new Freshness(since, since, since, false);
    }
}
