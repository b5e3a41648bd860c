package dev.privateapi.simulation.aws;

/** A block of IPv4 addresses. */
record Cidr(long first, long size) {

    static Cidr of(String text) {
        String[] parts = text.split("/");
        long address = 0;
        for (String octet : parts[0].split("\\.")) {
            address = address << 8 | Long.parseLong(octet);
        }
        long size = 1L << 32 - Integer.parseInt(parts[1]);
        return new Cidr(address - address % size, size);
    }

    boolean overlaps(Cidr other) {
        return first < other.first + other.size && other.first < first + size;
    }

    boolean holds(Cidr other) {
        return first <= other.first && other.first + other.size <= first + size;
    }

    String address(long index) {
        long address = first + index;
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }
}
