package dev.privateapi.layers.peering;

import dev.privateapi.layers.Ec2;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The routes of one side: one destination over one connection, in some route tables. */
sealed interface DesiredRoutes {

    ResourceKey connection();

    /** The VPC whose tables hold them. */
    Place place(Refs refs);

    String destination(Refs refs);

    /** @param all every table of that VPC, as far as it is known */
    Set<String> tables(Set<String> all, Refs refs);

    /** Those of the wanted tables that the stack made: who puts another route in the place of a wanted one there is wrong. */
    Set<String> ownTables(Refs refs);

    /** The wanted tables that cannot be that VPC's. */
    Set<String> elsewhere(Set<String> all);

    /**
     * From the stack's subnets to the peer.
     *
     * @param tables what tells them: the stack's own table, and each existing subnet
     */
    record There(ResourceKey connection, String destination, List<ResourceKey> tables) implements DesiredRoutes {

        @Override
        public Place place(Refs refs) {
            return Place.home(refs.id(Keys.VPC));
        }

        @Override
        public String destination(Refs refs) {
            return destination;
        }

        @Override
        public Set<String> tables(Set<String> all, Refs refs) {
            return Ec2.routeTables(tables, refs);
        }

        @Override
        public Set<String> ownTables(Refs refs) {
            return tables.contains(Keys.ROUTE_TABLE) ? Set.of(refs.id(Keys.ROUTE_TABLE)) : Set.of();
        }

        /** One that is not known is new. */
        @Override
        public Set<String> elsewhere(Set<String> all) {
            return Set.of();
        }
    }

    /**
     * From the peer to the stack's VPC.
     *
     * @param tables their ids; none for every table of the peer
     */
    record Back(ResourceKey connection, ResourceKey destinationOf, Place peer, List<String> tables)
            implements DesiredRoutes {

        @Override
        public Place place(Refs refs) {
            return peer;
        }

        @Override
        public String destination(Refs refs) {
            return refs.attribute(destinationOf, Attribute.CIDR);
        }

        @Override
        public Set<String> tables(Set<String> all, Refs refs) {
            return tables.isEmpty() ? all : new TreeSet<>(tables);
        }

        @Override
        public Set<String> ownTables(Refs refs) {
            return Set.of();
        }

        @Override
        public Set<String> elsewhere(Set<String> all) {
            Set<String> strangers = new TreeSet<>(tables);
            strangers.removeAll(all);
            return strangers;
        }
    }
}
