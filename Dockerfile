# The operator's image. Both base images are arguments, for mirrors and for pinning by digest:
#   docker build --build-arg BUILD_IMAGE=… --build-arg RUNTIME_IMAGE=… -t private-api-operator:0.1.0 .
# They need: Maven 3.8+ and a JDK 25 to build; a Java 25 runtime to run.
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY pom.xml .
# The dependencies in a layer of their own: a change of the source alone does not download them again.
RUN mvn -B -ntp -q dependency:go-offline || echo "not all dependencies could be fetched ahead; the build fetches the rest"
COPY src src
RUN mvn -B -ntp -Dmaven.test.skip=true package

# The AOT cache (JEP 514) of a run that starts, finds no API server and ends: it halves the start. It is only valid for
# the very JVM and the very jar that made it, hence this stage on the runtime's image.
FROM ${RUNTIME_IMAGE} AS trained
WORKDIR /app
COPY --from=build /src/target/private-api-operator.jar .
RUN KUBECONFIG=/dev/null java -XX:AOTCacheOutput=operator.aot -jar private-api-operator.jar || true; \
    test -s operator.aot

FROM ${RUNTIME_IMAGE}
WORKDIR /app
COPY --from=trained /app /app
# A user by number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["java", "-XX:AOTCache=/app/operator.aot", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", \
            "-jar", "/app/private-api-operator.jar"]
