/** A field of a request and what is allowed in it, as problem+json names it. */
export interface FieldFault {
  field: string;
  allowed: string;
}

/** An answer that is no success (RFC 9457), or no answer at all (status 0). */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';

  constructor(
    readonly status: number,
    /** The server's own words. */
    readonly title: string,
    readonly fields: FieldFault[] = [],
    /** How long to wait, where the server says so. */
    readonly retryAfterSeconds: number | null = null,
    /** Under what the fault is in the server's log. */
    readonly traceId: string | null = null,
  ) {
    super(title);
  }
}

/** Reads what a server, or a proxy before it, answered instead of a success. */
export function faultOf(response: Response, body: unknown): ApiFault {
  const problem = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return new ApiFault(
    response.status,
    typeof problem.title === 'string' ? problem.title : response.statusText,
    Array.isArray(problem.errors) ? problem.errors.filter(isFieldFault) : [],
    Number.isFinite(seconds) ? seconds : null,
    typeof problem.traceId === 'string' ? problem.traceId : null,
  );
}

export function toFault(error: unknown): ApiFault {
  return error instanceof ApiFault ? error : new ApiFault(0, error instanceof Error ? error.message : String(error));
}

function isFieldFault(one: unknown): one is FieldFault {
  return typeof one === 'object' && one !== null && 'field' in one && 'allowed' in one;
}
