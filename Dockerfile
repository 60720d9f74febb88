# ClankdIn in a container: the executable, the parts of glibc that it needs, and certificates. No shell, no packages.
#
#   docker build -t clankdin .
#   docker run --read-only -v clankdin:/data -p 8080:8080 clankdin
#   docker exec CONTAINER /clankdin key HANDLE
#
# Not FROM scratch with the executable alone: glibc resolves names with code that it loads when it runs, so it stays
# dynamic, and its few files come along from the stage that the executable was built in.

FROM debian:12 AS build
WORKDIR /source
COPY . .
RUN scripts/build && scripts/image /image

FROM scratch
COPY --from=build /image /
USER 65532:65532
VOLUME /data
ENV CLANKDIN_DB=/data/clankdin.db CLANKDIN_HOST=0.0.0.0
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["/clankdin", "wait", "http://127.0.0.1:8080", "--timeout", "2"]
ENTRYPOINT ["/clankdin"]
CMD ["serve"]
