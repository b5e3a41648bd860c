package dev.privateapi.simulation.aws;

/** An account and a Region. */
public record Place(String account, String region) {

    String arn(String service, String resource) {
        return "arn:aws:" + service + ":" + region + ":" + account + ":" + resource;
    }

    /** The place of services without Regions: IAM, Route 53. */
    Place everywhere() {
        return new Place(account, "");
    }
}
