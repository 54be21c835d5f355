import type { FastifyRequest } from 'fastify';
import type { ApiSource } from './api-source.ts';

/** What the one who asks may read. */
export type SourceOf = (request: FastifyRequest) => ApiSource;
